package io.github.xrayd.chaos;

import io.github.xrayd.sandbox.Fault;
import java.time.Duration;
import java.util.List;

/**
 * What goes wrong in a phase of a soak: something that calms down again by itself.
 *
 * @param name for people
 * @param trouble for the rig
 */
record SoakWeather(String name, Trouble trouble) {
    private static final SoakWeather CALM = new SoakWeather("calm", Trouble.NONE);
    private static final List<SoakWeather> FOUL = List.of(
            new SoakWeather("http-500", rig -> rig.fail(Fault.status(500, "InternalFailure"))),
            new SoakWeather("slow", rig -> rig.fail(Fault.latency(Duration.ofMillis(100), Duration.ofMillis(500)))),
            new SoakWeather("throttled", rig -> rig.fail(Fault.throttleSegments(500))),
            new SoakWeather(
                    "lost-answers",
                    rig -> rig.fail(Fault.dropAfter().stored(true).share(0.2))),
            new SoakWeather("refused", rig -> rig.proxy().refuse()),
            new SoakWeather("wrong-json", rig -> rig.fail(Fault.wrongJson().share(0.3))),
            new SoakWeather("unprocessed", rig -> rig.fail(Fault.unprocessed("ThrottledException", 0.2))),
            new SoakWeather("bad-network", rig -> rig.proxy().misbehave(Mischief.MIXED, 0.1)));

    /** The weather of a phase: every second one is calm. */
    static SoakWeather of(int phase) {
        return phase % 2 == 0 ? CALM : FOUL.get(phase / 2 % FOUL.size());
    }
}
