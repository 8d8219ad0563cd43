/** The sandbox as a test double: an extension for JUnit 5 and 6. Needs JUnit, which the sandbox itself does not. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.sandbox.junit;
