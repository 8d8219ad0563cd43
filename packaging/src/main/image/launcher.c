/*
 * Starts the xray command in the container image, where no shell can run bin/xray: it replaces itself by the runtime's java.
 *
 * The flags are those of bin/xray, written down in files when the image is made. Which file it is depends, as in bin/xray, on the memory
 * limit of the control group and on whether the daemon or a sub-command is started. XRAY_JAVA_OPTS comes after them.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOME "/usr/lib/xrayd"
#define SMALL_MB 192
#define OPTIONS_MAX 256

/* The number in the file, or -1 when there is none: no such file, or "max". */
static long long number_in(const char *file) {
    long long number = -1;
    FILE *in = fopen(file, "r");
    if (in != NULL) {
        if (fscanf(in, "%lld", &number) != 1) {
            number = -1;
        }
        fclose(in);
    }
    return number;
}

/* The lower of least and the limits of the group and its ancestors, in bytes. */
static long long lowest(long long least, const char *base, char *group, const char *name) {
    char file[8192];
    for (;;) {
        snprintf(file, sizeof file, "%s%s/%s", base, group, name);
        long long limit = number_in(file);
        if (limit >= 0 && limit < least) {
            least = limit;
        }
        char *slash = strrchr(group, '/');
        if (slash == NULL) {
            return least;
        }
        *slash = 0;
    }
}

/* The lowest memory limit of this process's control groups in MB; a very large number without one. */
static long long group_mb(void) {
    long long least = 1LL << 62;
    char line[4096];
    FILE *in = fopen("/proc/self/cgroup", "r");
    while (in != NULL && fgets(line, sizeof line, in) != NULL) {
        line[strcspn(line, "\n")] = 0;
        char *controllers = strchr(line, ':');
        char *group = controllers == NULL ? NULL : strchr(++controllers, ':');
        if (group == NULL) {
            continue;
        }
        *group++ = 0;
        if (*controllers == 0) {
            least = lowest(least, "/sys/fs/cgroup", group, "memory.max");
        } else if (strcmp(controllers, "memory") == 0 || strncmp(controllers, "memory,", 7) == 0
                   || strstr(controllers, ",memory") != NULL) {
            least = lowest(least, "/sys/fs/cgroup/memory", group, "memory.limit_in_bytes");
        }
    }
    if (in != NULL) {
        fclose(in);
    }
    return least >> 20;
}

int main(int count, char **arguments) {
    int is_daemon = count < 2 || arguments[1][0] == 0 || arguments[1][0] == '-';
    char flags[128];
    snprintf(flags, sizeof flags, "@" HOME "/flags/%s%s", is_daemon ? "daemon" : "command",
             group_mb() <= SMALL_MB ? "-small" : "");

    char **command = calloc((size_t) count + OPTIONS_MAX + 5, sizeof *command);
    if (command == NULL) {
        fputs("xray: out of memory\n", stderr);
        return 1;
    }
    int length = 0;
    command[length++] = HOME "/runtime/bin/java";
    command[length++] = flags;
    char *options = getenv("XRAY_JAVA_OPTS");
    if (options != NULL) {
        options = strdup(options);
        for (char *word = strtok(options, " \t\n"); word != NULL; word = strtok(NULL, " \t\n")) {
            if (length == OPTIONS_MAX) {
                fprintf(stderr, "xray: XRAY_JAVA_OPTS has more than %d words\n", OPTIONS_MAX - 2);
                return 1;
            }
            command[length++] = word;
        }
    }
    command[length++] = "-jar";
    command[length++] = HOME "/lib/xrayd-cli-" VERSION ".jar";
    for (int i = 1; i < count; i++) {
        command[length++] = arguments[i];
    }

    /* Java leaves an ignored signal ignored, and the daemon could not be stopped. */
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    setenv("MALLOC_ARENA_MAX", "2", 0);
    /* The JVM suspends threads by SIGUSR2, which the daemon takes for itself; so another one, as the usual launcher says. */
    setenv("_JAVA_SR_SIGNUM", "60", 0);
    execv(command[0], command);
    fprintf(stderr, "xray: cannot start %s: %s\n", command[0], strerror(errno));
    return 1;
}
