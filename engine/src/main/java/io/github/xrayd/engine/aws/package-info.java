/** Reaches the X-Ray API: region, credentials, endpoint, signing and the HTTP client. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.aws;
