package io.github.xrayd.engine.flight.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

@Name("xrayd.DocumentsDropped")
@Label("Documents Dropped")
@Category("X-Ray daemon")
@Description(
        "Documents lost since the last event with this reason, at most one event a second for each reason of the receiver")
@StackTrace(false)
final class DocumentsDropped extends Event {
    @Label("Destination")
    @Description("For which they are lost; absent when for all")
    @Nullable
    String destination;

    @Label("Reason")
    String reason = "";

    @Label("Documents")
    long documents;
}
