package io.github.xrayd.plan.model;

/**
 * What to set, on each of {@code daemons} daemons.
 *
 * @param daemons how many
 * @param memoryMb {@code -m}
 * @param concurrency {@code --concurrency}; 0 adapts up to 64
 * @param receivers {@code --receivers}
 * @param socketBufferBytes {@code --socket-buffer}
 * @param retryMaxAgeSeconds {@code --retry-max-age}
 * @param spoolBytes disk to spool to, 0 for none
 * @param cpuCores processor time to grant
 * @param containerBytes memory to grant
 */
public record Settings(
        long daemons,
        int memoryMb,
        int concurrency,
        int receivers,
        long socketBufferBytes,
        long retryMaxAgeSeconds,
        long spoolBytes,
        double cpuCores,
        long containerBytes) {
    Settings withMemory(int megabytes, long container) {
        return new Settings(
                daemons,
                megabytes,
                concurrency,
                receivers,
                socketBufferBytes,
                retryMaxAgeSeconds,
                spoolBytes,
                cpuCores,
                container);
    }

    /** The most calls in flight. */
    public int callsMax() {
        return concurrency == 0 ? io.github.xrayd.engine.EngineConfig.CONCURRENCY_ADAPTIVE_MAX : concurrency;
    }
}
