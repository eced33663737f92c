// SPDX-License-Identifier: Apache-2.0
/** The ring of batches from one tier to the next: write, then commit; all that uses Disruptor. */
package io.pagestrata.writeback.pipeline;
