package io.github.xrayd.engine.http;

/**
 * What one port takes besides what {@link HttpLimits} says for every port.
 *
 * @param bodyBytesMax bytes of one request's body, as it is sent
 * @param bodiesBytesMax bytes of all bodies that are being read or served
 * @param requestNsMax how long a request's head and body may take from their first byte, in nanoseconds
 * @param portCount how many ports share the connections that the process may have, at least 1
 */
public record PortLimits(int bodyBytesMax, int bodiesBytesMax, long requestNsMax, int portCount) {
    /** The TCP port's, for what SDKs ask. */
    public static final PortLimits TCP_PORT =
            new PortLimits(HttpLimits.BODY_BYTES_MAX, HttpLimits.BODIES_BYTES_MAX, HttpLimits.REQUEST_NS_MAX, 1);

    /** The same beside other ports. */
    public PortLimits among(int ports) {
        return new PortLimits(bodyBytesMax, bodiesBytesMax, requestNsMax, ports);
    }
}
