/** Looks at what the daemon needs of its host, and says what is well, what is not and what to do; changes nothing. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.cli.doctor;
