/** Reads JSON that others wrote, within limits. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.json;
