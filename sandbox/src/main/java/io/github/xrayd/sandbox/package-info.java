/** Emulates the X-Ray API on loopback, with faults as configured, and reports what arrived. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.sandbox;
