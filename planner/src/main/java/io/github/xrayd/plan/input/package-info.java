/**
 * What a plan is asked: the workload, the backend, the target and the site, from flags or a file, checked and with
 * every default stated.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.plan.input;
