/** What is priced where nobody said otherwise. Apart from the model table, which is large. */
export const DEFAULT_MODEL = 'gpt-5.6-sol';
