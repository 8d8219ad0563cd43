package io.github.xrayd.engine.receive;

import java.io.IOException;

/**
 * Calls of the C library on a socket's descriptor. Implemented for Java 22 and later, see {@link NativeReceive}; one
 * for each socket, used by the thread that has the socket.
 */
interface SocketCalls {
    /**
     * Reads waiting datagrams without blocking: {@code recvmmsg(2)}.
     *
     * @param headersAddress an array of {@code struct mmsghdr}
     * @param count headers in the array
     * @return datagrams read; 0 when none waits
     * @throws IOException with the error number, when the socket cannot be read
     */
    int receive(int descriptor, long headersAddress, int count) throws IOException;

    /**
     * Sets an option whose value is an {@code int}: {@code setsockopt(2)}.
     *
     * @param valueAddress where the value lies
     * @return whether the system took it
     */
    boolean setOption(int descriptor, int level, int option, long valueAddress);

    /**
     * Names the only peer whose datagrams the socket takes from now on: {@code connect(2)}.
     *
     * @param peerAddress where its {@code struct sockaddr} lies
     * @param length of that, in bytes
     * @return whether the system did
     */
    boolean connect(int descriptor, long peerAddress, int length);
}
