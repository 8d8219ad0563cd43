package io.github.xrayd.engine.aws;

import java.util.List;
import java.util.Map;

/**
 * A call to the X-Ray API as somebody else wrote it, to be signed and sent as it is.
 *
 * @param method the HTTP method
 * @param path the raw path, beginning with a slash, appended to the endpoint's own
 * @param query the raw query without its question mark; empty for none
 * @param headers what to send besides Host, Content-Length and the signature's own
 * @param body the body's bytes; not changed, not copied
 */
// Never compared: the array is handed from the one who read it to the one who writes it.
@SuppressWarnings("ArrayRecordComponent")
public record HttpCall(String method, String path, String query, Map<String, List<String>> headers, byte[] body) {}
