/**
 * Starts the packaged daemon as a process of its own, talks to it as its users do, and compares what arrives with what
 * was sent.
 */
@NullMarked
package io.github.xrayd.system;

import org.jspecify.annotations.NullMarked;
