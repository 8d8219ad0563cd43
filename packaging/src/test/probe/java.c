/* Stands for java.exe: prints its arguments, one a line. */
#include <stdio.h>

int main(int count, char **arguments) {
    for (int i = 1; i < count; i++) {
        printf("%s\n", arguments[i]);
    }
    return 0;
}
