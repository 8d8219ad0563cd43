/**
 * The open-loop load generator: sends segment documents on a fixed schedule, whatever the receiver does, and asks an
 * endpoint what became of them.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.load;
