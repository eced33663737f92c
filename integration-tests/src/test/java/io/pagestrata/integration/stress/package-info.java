// SPDX-License-Identifier: Apache-2.0
/** Checks of whole stores under many threads: short always, long with the tag {@code stress}. */
package io.pagestrata.integration.stress;
