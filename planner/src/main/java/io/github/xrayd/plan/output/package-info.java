/** A plan as text, as JSON and as settings to paste; strings in, strings out. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.plan.output;
