package io.github.xrayd.engine.http;

import java.nio.charset.StandardCharsets;
import org.apache.hc.core5.http.HttpRequest;

/**
 * A page of the TCP port that the daemon answers itself, for example {@code /healthz}.
 *
 * <p>Asked with GET or HEAD, from many worker threads at once; must answer without waiting.
 */
public interface Route {
    /** The page as it is now. */
    Page page();

    /**
     * Makes what a page needs once, so that its classes are loaded while the jars are there for sure; need not do more.
     */
    default void rehearse() {
        page();
    }

    /**
     * The page in the form that the request's headers ask for; the same for every request unless a page says otherwise.
     */
    default Page page(HttpRequest request) {
        return page();
    }

    /**
     * An answer.
     *
     * @param status the HTTP status
     * @param contentType the value of Content-Type
     * @param body the text, sent as UTF-8
     */
    record Page(int status, String contentType, String body) {
        public byte[] bytes() {
            return body.getBytes(StandardCharsets.UTF_8);
        }
    }
}
