/*
 * The least a receiver can do: read datagrams one by one into one buffer and count them.
 *
 * Prints "port N" when it is bound, and "received N" when a datagram of one byte has come. The yardstick for receiving in Java.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
    static char buffer[65536];
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int receive_buffer = 4 << 20;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer) < 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) < 0) {
        perror("recvloop");
        return 1;
    }
    printf("port %d\n", ntohs(address.sin_port));
    fflush(stdout);

    long count = 0;
    for (;;) {
        ssize_t received = recv(fd, buffer, sizeof buffer, 0);
        if (received < 0) {
            perror("recvloop");
            return 1;
        }
        if (received == 1) {
            break;
        }
        count++;
    }
    printf("received %ld\n", count);
    close(fd);
    return 0;
}
