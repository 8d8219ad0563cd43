package io.github.xrayd.engine.flight.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

@Name("xrayd.BatchSealed")
@Label("Batch Sealed")
@Category("X-Ray daemon")
@Description("A batch of documents is complete and waits for its call")
@StackTrace(false)
final class BatchSealed extends Event {
    @Label("Destination")
    String destination = "";

    @Label("Documents")
    int documents;

    @Label("Body Size")
    @DataAmount
    int bytes;

    @Label("Age of Oldest Document")
    @Description("How long its oldest document has waited since it was received")
    @Timespan
    long age;
}
