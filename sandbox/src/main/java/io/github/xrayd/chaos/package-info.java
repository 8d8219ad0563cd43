/**
 * Faults on purpose: runs the packaged daemon against an endpoint and a network that inject, and holds its ledger
 * against what arrived.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.chaos;
