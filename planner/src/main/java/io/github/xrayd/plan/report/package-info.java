/** A plan as one page that needs nothing else: for the screen and for paper, with plots. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.plan.report;
