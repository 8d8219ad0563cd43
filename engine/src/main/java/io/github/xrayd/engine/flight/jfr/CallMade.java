package io.github.xrayd.engine.flight.jfr;

import io.github.xrayd.engine.flight.FlightEvents;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

@Name("xrayd.CallMade")
@Label("Call Made")
@Category("X-Ray daemon")
@Description("An upload call, from its start to its answer")
@StackTrace(false)
final class CallMade extends Event implements FlightEvents.CallEvent {
    @Label("Destination")
    String destination = "";

    @Label("Documents")
    int documents;

    @Label("Body Size")
    @Description("Length of the body before compression")
    @DataAmount
    int bytes;

    @Label("Result")
    @Description("delivered, throttled, transient, denied or refused")
    String result = "";

    @Label("HTTP Status")
    @Description("0 when there was no answer")
    int status;

    @Label("Error")
    @Description("The service's code, or the kind of connection error")
    @Nullable
    String error;

    @Label("Documents Not Taken")
    @Description("Documents of the call that its answer does not take")
    int rejected;

    @Override
    public void onEnd(String result, int status, @Nullable String error, int rejected) {
        end();
        if (shouldCommit()) {
            this.result = result;
            this.status = status;
            this.error = error;
            this.rejected = rejected;
            commit();
        }
    }
}
