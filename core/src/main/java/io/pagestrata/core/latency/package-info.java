// SPDX-License-Identifier: Apache-2.0
/** How long operations took: what is recorded, and the snapshots that are shown of it. */
package io.pagestrata.core.latency;
