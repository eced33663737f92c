// SPDX-License-Identifier: Apache-2.0
/** Whole stores, made by the builder, driven through the journeys that a user takes. */
package io.pagestrata.integration.journey;
