/** The AWS client: region, credentials, endpoint and signature; the exporter to the X-Ray API. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.aws;
