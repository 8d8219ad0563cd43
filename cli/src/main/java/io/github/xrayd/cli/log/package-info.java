/**
 * Writes what is logged through SLF4J as lines on standard output or in a rotated file, and never fails because of it.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.cli.log;
