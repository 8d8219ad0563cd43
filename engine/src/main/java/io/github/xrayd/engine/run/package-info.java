/**
 * How the engine's threads run and rest: duties, the threads that run them, one way to park and wake, the list of all
 * hand-offs, the phases and the order of the end; thread dumps, and what needs Java 22. Knows no stage.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.run;
