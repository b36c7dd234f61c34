export { ConnectionIndicator, ConnectionIndicatorCompact } from '@tidings/react';
