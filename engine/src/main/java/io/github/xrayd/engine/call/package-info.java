/** The threads that make the uploader's calls, and read which documents an answer names. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.call;
