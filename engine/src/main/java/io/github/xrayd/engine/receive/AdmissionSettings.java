package io.github.xrayd.engine.receive;

import org.jspecify.annotations.Nullable;

/**
 * Whose datagrams are taken.
 *
 * @param allowed the networks they may come from, or null for all
 * @param isCounting whether datagrams are counted by source, so that the busiest are named while some are dropped
 * @param isFair whether sources above their fair share are dropped first when memory runs short; counts too
 */
public record AdmissionSettings(@Nullable Networks allowed, boolean isCounting, boolean isFair) {
    /** The same for datagrams from {@code networks}. */
    public AdmissionSettings from(Networks networks) {
        return new AdmissionSettings(allowed == null ? null : networks, isCounting, isFair);
    }
}
