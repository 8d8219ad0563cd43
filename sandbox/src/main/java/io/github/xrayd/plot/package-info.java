/**
 * Charts as SVG text: lines and bars on linear and logarithmic axes, without fonts or a screen; imports nothing of this
 * project.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.plot;
