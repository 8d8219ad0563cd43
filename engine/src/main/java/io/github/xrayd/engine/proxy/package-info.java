/** Serves the TCP port: forwards the SDKs' sampling calls, signed, and shares no state with the data path. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.engine.proxy;
