package io.github.xrayd.cli;

import io.github.xrayd.connectors.otlp.OtlpIntake;
import io.github.xrayd.engine.StartException;
import io.github.xrayd.engine.intake.HttpSourceConfig;
import io.github.xrayd.engine.intake.TraceSegments;
import io.github.xrayd.engine.receive.Networks;
import io.github.xrayd.engine.source.SourceConfig;
import java.util.List;

/**
 * The source that {@code --http-bind} describes. Loaded only for it: it knows the connectors, which a plain daemon does
 * without.
 */
final class HttpBind {
    private HttpBind() {}

    /**
     * The source.
     *
     * @throws StartException when the address is none
     */
    static SourceConfig of(Settings settings) throws StartException {
        String networks = settings.textOrNull(Setting.ALLOW_FROM);
        return new HttpSourceConfig(
                HostPort.resolve(settings.text(Setting.HTTP_BIND)),
                EngineSettings.hosts(settings.textOrNull(Setting.PROXY_HOSTS)),
                networks == null ? null : Networks.parse(networks),
                List.of(
                        new OtlpIntake(),
                        new TraceSegments(settings.text(Setting.VALIDATE).equals("document"))));
    }
}
