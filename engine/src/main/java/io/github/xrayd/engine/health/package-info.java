/** The daemon's own pages on the TCP port: whether it lives, whether it is ready, and what it counts. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.health;
