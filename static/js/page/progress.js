/**
 * Progress in words: an element’s `<template data-step>`s in their order, and its `[data-part=progress]` with the bar.
 */

/** @param {Element} host @param {string|null} step - null: out of sight again */
export function showStep(host, step) {
  const box = host.querySelector('[data-part=progress]');
  box.hidden = step === null;
  if (step === null) return;
  const steps = [...host.querySelectorAll('template[data-step]')];
  const place = steps.findIndex((template) => template.dataset.step === step);
  box.querySelector('label').textContent = steps[place].content.textContent;
  box.querySelector('progress').value = place + 1;
}
