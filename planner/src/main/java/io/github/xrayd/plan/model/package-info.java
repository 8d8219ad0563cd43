/**
 * Formulas and what they come to: from a workload and a cost profile to figures, findings and settings; no I/O, no
 * clock.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.plan.model;
