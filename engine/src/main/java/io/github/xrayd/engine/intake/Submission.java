package io.github.xrayd.engine.intake;

import io.github.xrayd.engine.http.Response;
import io.github.xrayd.engine.telemetry.Counter;
import java.util.List;

/**
 * What a request brought.
 *
 * @param documents what is to be taken, all or nothing, in their order; each at most 65,536 bytes and not empty
 * @param turnedAway what is not taken, whatever room there is; counted when the documents are taken
 * @param answer what the sender gets when the documents are taken
 */
public record Submission(List<byte[]> documents, List<TurnedAway> turnedAway, Response answer) {
    /**
     * Documents, or parts of a request that would have become one, which are not taken.
     *
     * @param reason the rejection's counter
     * @param count how many
     * @param bytes of all of them
     */
    public record TurnedAway(Counter reason, int count, long bytes) {}
}
