/** Emulates the X-Ray API on loopback, as faithful or as misbehaved as it is told, and says what arrived. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.sandbox;
