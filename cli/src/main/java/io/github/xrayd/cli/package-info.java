/**
 * The {@code xray} command: turns flags, environment and file into a running engine, and its outcome into lines and an
 * exit code.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.cli;
