// What React Native's own configuration says, as far as it concerns packages.
module.exports = {
  resolver: { unstable_conditionNames: ['react-native'] },
  transformer: {
    babelTransformerPath: require.resolve('@react-native/metro-babel-transformer'),
    allowOptionalDependencies: true,
  },
};
