/** Runs the installed daemon as a child process on loopback, for whoever tries or measures it. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.child;
