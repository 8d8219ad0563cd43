/** Formulas and what they come to: from a question and a cost profile to figures, findings and settings; no I/O, no clock. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.plan.model;
