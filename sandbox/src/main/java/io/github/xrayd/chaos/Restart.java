package io.github.xrayd.chaos;

/** How the daemon ends in the middle of the disruption, when another one takes over its spool afterwards. */
enum Restart {
    /** It goes on to the end. */
    NONE,
    /** By SIGTERM. */
    TERM,
    /** By SIGKILL. */
    KILL,
    /** By SIGKILL, and some bytes of its spool are changed. */
    KILL_AND_DAMAGE
}
