package io.github.xrayd.engine.backend;

import java.util.List;
import java.util.Map;

/**
 * What the API answered, as it was sent.
 *
 * @param status the HTTP status
 * @param headers all of them, in the order they came
 * @param body the body's bytes; not to be changed
 */
// Never compared: the array is handed from the one who read it to the one who writes it.
@SuppressWarnings("ArrayRecordComponent")
public record HttpReply(int status, Map<String, List<String>> headers, byte[] body) {}
