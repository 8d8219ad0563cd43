package io.github.xrayd.engine.intake;

import io.github.xrayd.engine.http.Response;
import java.util.Set;

/**
 * One path of an HTTP source, with its formats of requests and answers.
 *
 * <p>{@link #read} and {@link #refusal} are called by the source's thread, one at a time; the others by any thread.
 */
public interface IntakePath {
    /** The path, for example {@code /TraceSegments}. */
    String path();

    /** The media types that it reads, in lower case and without parameters; empty for whatever a client says. */
    Set<String> mediaTypes();

    /** Reads made-up requests with readers of its own, so that all classes for it are loaded. Any thread. */
    void rehearse();

    /**
     * Reads a request.
     *
     * @param mediaType what the client says the body is, in lower case and without parameters; empty when it says
     *     nothing
     * @param body without content encoding
     * @throws UnreadableException when nothing of it can be taken, for a reason that does not change
     */
    Submission read(String mediaType, byte[] body) throws UnreadableException;

    /**
     * The answer to a request of which nothing is taken.
     *
     * @param mediaType as for {@link #read}
     * @param status 400, 413, 429 or 503
     * @param message why
     */
    Response refusal(String mediaType, int status, String message);
}
