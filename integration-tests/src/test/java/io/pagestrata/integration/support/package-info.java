// SPDX-License-Identifier: Apache-2.0
/**
 * The test tools: seeded randomness, manual time, real pages, the reference model and the oracle
 * that walks a whole store.
 */
package io.pagestrata.integration.support;
